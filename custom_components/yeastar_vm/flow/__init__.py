"""The forms that add and change a PBX and its mailboxes."""
