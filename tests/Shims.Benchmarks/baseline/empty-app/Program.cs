// Nothing.
return 0;
