namespace Shims.AspNetTests;

/// <summary>The protocols of web servers that need a connection.</summary>
public enum Wire
{
    Scgi,
    FastCgi,
}
