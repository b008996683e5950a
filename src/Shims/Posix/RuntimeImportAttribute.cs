namespace System.Runtime;

/// <summary>Names a function of the C library that is called as it is: without the look at the garbage collector that every P/Invoke ends with.</summary>
/// <remarks>The native compiler goes by the attribute's name; the one in the runtime's own library is not public.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute(string entryPoint) : Attribute
{
    /// <summary>The name.</summary>
    public string EntryPoint { get; } = entryPoint;
}
