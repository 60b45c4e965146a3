"""`python -m nangmai`: the command without the script, for children of the supervisor."""

from nangmai.cli import main

main()
