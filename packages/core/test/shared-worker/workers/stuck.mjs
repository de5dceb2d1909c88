// Never comes to listen to anybody.
for (;;);
