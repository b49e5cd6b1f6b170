"""What does Stripe tell us? Its objects are read here, and translated into our words."""
