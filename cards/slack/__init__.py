"""How does a view look in Slack? One function a surface; each takes a view and gives Block Kit as dicts.

Every control's `action_id` is `action:something`: what stands before the first colon is the
action (`cards.actions.Action`), the rest keeps ids apart. In forms it is the field's name, or the
action that redraws the form.
"""

from cards.slack.forms import modal, values_of
from cards.slack.home import home
from cards.slack.messages import message

__all__ = ["home", "message", "modal", "values_of"]
