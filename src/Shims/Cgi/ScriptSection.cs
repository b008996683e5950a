namespace Shims.Cgi;

/// <summary>The options of one script of a directory: a section <c>[NAME]</c> in the file of <c>--options</c>.</summary>
internal sealed unsafe class ScriptSection
{
    /// <summary>The options for its environment, with those of all scripts. A field, as it is passed on where it is.</summary>
    internal readonly EnvironmentPolicy Environment;

    internal ScriptSection(byte[] name, in EnvironmentPolicy environment) => (Name, Environment) = (name, environment);

    /// <summary>Its path below TARGET, without a slash before it.</summary>
    internal byte[] Name { get; }

    /// <summary>Its interpreter, NUL-terminated, good for the life of the process; null if its extension decides.</summary>
    internal byte* Interpreter { get; init; }

    /// <summary><c>--timeout</c>; null if it has none of its own.</summary>
    internal int? Seconds { get; init; }

    /// <summary><c>--cpu</c> and <c>--memory</c>; 0 if it has none of its own.</summary>
    internal long CpuSeconds { get; init; }

    internal long AddressSpace { get; init; }
}
