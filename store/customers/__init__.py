"""What do we store for customers: links, drafts, files, mails?"""
