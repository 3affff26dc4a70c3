"""The simulated PBX against the vendor's documents.

Plain HTTP over real sockets; what is expected comes from the documents, not from any
client. Time is a clock that the test moves.
"""
