"""What holds for every input from outside, tried on inputs that hypothesis makes up.

The examples are the same at each run. More of them, and others each time:

    scripts/test tests/properties --hypothesis-profile thorough --timeout 0
"""
