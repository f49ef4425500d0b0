"""What reports read: only through the selectors of the apps below."""
