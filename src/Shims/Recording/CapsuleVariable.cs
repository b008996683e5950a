using System.Text;

namespace Shims.Recording;

/// <summary>A variable in a capsule, byte for byte.</summary>
/// <param name="Name">Without the equals sign.</param>
/// <param name="Value">May be empty, and need not be UTF-8.</param>
internal readonly record struct CapsuleVariable(byte[] Name, byte[] Value)
{
    /// <summary>True if it is the variable of that name.</summary>
    internal bool Is(string name) => Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(name));
}
