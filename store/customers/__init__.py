"""What do we keep for customers: links, drafts, files, mails?"""
