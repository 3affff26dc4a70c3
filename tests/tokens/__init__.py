"""The life of the access token under stress: a thousand calls at once, and hard weeks.

What is promised of the tokens that are alive on the PBX:

- There is one for an entry at most, and it is the one that the entry keeps. Where the
  PBX refuses to refresh a token, that token lives out its last minute beside the next.
- What nobody was told of, nobody can give back: an answer that is lost on its way, and
  a crash before Home Assistant has saved what it was answered, leave a token that holds
  one of the eight places for half an hour. Each costs one sign-in and no failed login.
- Removing an entry leaves none, nor does a flow that ends without one.

And of failed logins: none with the right credentials, one with wrong ones. Where a PBX
counts a refused refresh token as one, a sign-in that succeeds follows it.
"""
