"""What may a rule refuse? Expected answers, each a sentence for the person who asked."""


class Refused(Exception):
    """An expected no. Its text is shown to the person as it stands."""


class NotFound(Refused):
    """What was asked for isn't there, or isn't theirs to see: the sentence is the same."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"There is no case {case_id} that you can open.")
        self.case_id = case_id


class Stale(Refused):
    """The case has moved on since the person's card was drawn: the card must be refreshed."""


class NotAllowed(Refused):
    """The person may not do this. The sentence says who may."""


class FieldRefused(Refused):
    """A form's field has a value that can't be. `field` names it, so that the message stands there."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
