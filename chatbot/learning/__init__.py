"""The operator's loop: bad cases grouped, changes proposed, proven on past traffic, published and rolled back."""
