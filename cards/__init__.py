"""What does a person see in chat and mail? Pure: a view goes in, a platform's card comes out."""
