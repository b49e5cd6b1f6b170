"""Would Slack take this? What blocks, elements and views may look like."""
