namespace Shims.HandlerTests;

/// <summary>Which wires a test is about.</summary>
public static class Wires
{
    public static TheoryData<Wire> All => [Wire.Scgi, Wire.FastCgi, Wire.Uwsgi, Wire.Cgi];

    /// <summary>Those with a connection, on which an answer that breaks off can be made to look broken.</summary>
    public static TheoryData<Wire> Connected => [Wire.Scgi, Wire.FastCgi, Wire.Uwsgi];
}
