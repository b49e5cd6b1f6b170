"""How is mail read and sent?"""
