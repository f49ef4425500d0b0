"""The one way that reading a file fails."""


class Unreadable(Exception):
    """Stop reading for a reason that a person can act on.

    ``code`` is stable; ``detail`` holds the figures that the sentence names (limits, coordinates).
    The sentence itself is made by the parent, in the reader's language.
    """

    def __init__(self, code: str, **detail: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
