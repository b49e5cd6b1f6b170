"""How do other systems reach us? The JSON API: disputes, links, and the document that describes it."""
