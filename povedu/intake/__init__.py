"""Tables from outside, however messy, into the registers."""
