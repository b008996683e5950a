namespace System.Runtime;

/// <summary>Gives a method a name for the linker, without the switch to managed code that UnmanagedCallersOnly makes, which needs a running runtime.</summary>
/// <remarks>The native compiler goes by the attribute's name; the one in the runtime's own library is not public.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    /// <summary>The name.</summary>
    public string EntryPoint { get; } = entryPoint;
}
