"""``python -m tools``: everything that is built and measured offline."""

if __name__ == "__main__":
    from tools.cli import main  # here: processes that encode import this file too, and need nothing of it

    main()
