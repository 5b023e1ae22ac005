"""``python -m atlas.cli`` is the command ``atlas``."""

from atlas.cli.main import main

if __name__ == "__main__":
    main()
