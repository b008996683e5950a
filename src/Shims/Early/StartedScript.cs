namespace Shims.Early;

/// <summary>A script that runs already, with pipes for what it writes.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="ProcessDescriptor">Becomes readable when it ends.</param>
/// <param name="Output">The read end of its standard output.</param>
/// <param name="Error">The read end of its standard error.</param>
internal readonly record struct StartedScript(int Process, int ProcessDescriptor, int Output, int Error);
