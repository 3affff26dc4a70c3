"""The actions of greetings."""
