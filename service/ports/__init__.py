"""What use cases need from storage, and the rows that it gives them."""
