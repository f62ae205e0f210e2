"""What practitioners make in order to show it: certificates of standing, and codes by which somebody looks."""
