"""How does mail come in? The SMTP and LMTP listener, its spool, and mail templates."""
