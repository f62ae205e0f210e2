"""What is done with notices: made, sent, tried again; and the endpoints that they go to."""
