using Shims.Posix;

namespace Shims.Cgi;

/// <summary>A script in a directory that is held open.</summary>
/// <param name="directory">The directory's descriptor.</param>
/// <param name="name"><c>./NAME</c>, NUL-terminated.</param>
internal readonly unsafe struct HeldScript(int directory, byte* name)
{
    internal int Directory { get; } = directory;

    /// <summary>Null if there is none.</summary>
    internal byte* Name { get; } = name;

    /// <summary>Closes the directory.</summary>
    internal void Release()
    {
        if (Name != null)
            Libc.Close(Directory);
    }
}
