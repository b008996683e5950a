using System.Text;

namespace Shims.Control.Client;

/// <summary>A CGI variable, as bytes.</summary>
internal sealed record RequestVariable(byte[] Name, byte[] Value)
{
    internal RequestVariable(string name, string value)
        : this(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value))
    {
    }

    /// <summary>The name as text.</summary>
    internal string NameText => Encoding.UTF8.GetString(Name);

    /// <summary>The value as text; bytes that are not UTF-8 become replacement characters.</summary>
    internal string ValueText => Encoding.UTF8.GetString(Value);
}
