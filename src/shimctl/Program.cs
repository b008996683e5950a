// shimctl: find out why a page is a 500, send a test request, write the configuration, try it all. See shimctl(1).
return Shims.Control.Commands.ControlCommand.Run(args);
