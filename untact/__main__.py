"""`python -m untact`: the command line."""

from untact.cli.main import main

main()
