namespace Shims.HandlerTests;

/// <summary>Which wires a test is about.</summary>
public static class Wires
{
    public static TheoryData<Wire> All => [Wire.Scgi, Wire.FastCgi, Wire.Uwsgi, Wire.Ajp, Wire.Cgi];

    /// <summary>Those with a connection, on which an answer that breaks off can be made to look broken.</summary>
    public static TheoryData<Wire> Connected => [Wire.Scgi, Wire.FastCgi, Wire.Uwsgi, Wire.Ajp];

    /// <summary>Those that one socket has together, as the first byte tells them apart.</summary>
    public static TheoryData<Wire> Sharing => [Wire.Scgi, Wire.FastCgi, Wire.Uwsgi];

    /// <summary>The variables with which a program chooses a wire.</summary>
    internal static string[] Environment(this Wire wire) => wire == Wire.Ajp ? ["SHIMS_PROTOCOL=ajp13"] : [];
}
