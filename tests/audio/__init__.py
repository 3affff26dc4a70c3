"""Tests of the audio: what is played, how, and whose fault it is if it is not."""
