"""The trail of every change, sight of a protected value and export."""
