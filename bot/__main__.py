"""How is it started without the installed command? `python -m bot`."""

from bot.cli import main

main()
