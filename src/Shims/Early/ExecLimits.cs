namespace Shims.Early;

/// <summary>The part of <see cref="Limits"/> that matters where the script replaces the shim, without a reference in it.</summary>
/// <param name="HeaderSize">Largest header, bytes.</param>
/// <param name="HeaderMilliseconds">The time limit for it.</param>
/// <param name="LargestBody">Bytes of body up to which the script may replace the shim.</param>
/// <param name="IsAsked">True if the command line insists on it (<c>--mode exec</c>), even where another way would suit the web server better.</param>
/// <param name="CpuSeconds">Limit, or 0.</param>
/// <param name="AddressSpace">Limit in bytes, or 0.</param>
internal readonly record struct ExecLimits(int HeaderSize, int HeaderMilliseconds, long LargestBody, bool IsAsked, long CpuSeconds, long AddressSpace);
