"""``python -m tools``: everything that is built and measured offline."""

from tools.cli import main

if __name__ == "__main__":
    main()
