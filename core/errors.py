"""Refusals: expected answers of a rule, each a sentence for the person who asked."""


class Refused(Exception):
    """An expected refusal. Its text is shown to the person as it is."""


class NotFound(Refused):
    """There is no such case, or the person may not see it: the sentence is the same."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"There is no case {case_id} that you can open.")
        self.case_id = case_id


class Stale(Refused):
    """The case changed since the person's card was rendered: the card must be refreshed."""


class NotAllowed(Refused):
    """The person may not do this. The sentence says who may."""


class FieldRefused(Refused):
    """A form's field has an invalid value; the message is shown at `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
