"""The races of money: a harness, a world to run them in, and every action by noun."""
