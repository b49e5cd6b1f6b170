"""How is Slack's Web API called?"""
