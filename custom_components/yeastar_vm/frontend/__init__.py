"""What a browser gets: the card and the commands that it uses."""
