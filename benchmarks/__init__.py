"""Measurements that a person runs by hand; each prints what it measured and on what."""
