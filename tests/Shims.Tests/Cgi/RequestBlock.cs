using System.Collections;
using System.Globalization;
using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

/// <summary>The variables of a request, written as text and given as bytes.</summary>
internal sealed class RequestBlock : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _variables = [];

    internal CgiVariables Variables => new(ToPayload());

    /// <summary>The variables, looked up.</summary>
    /// <param name="memory">Where the table is kept.</param>
    internal VariableTable Table(scoped ref Arena memory)
    {
        Assert.True(VariableTable.TryMake(Variables, ref memory, out VariableTable table));
        return table;
    }

    /// <summary>Adds a variable after those there are, even if there is one with its name.</summary>
    public void Add(string name, string value) => _variables.Add(new KeyValuePair<string, string>(name, value));

    internal RequestBlock With(string name, string value)
    {
        Add(name, value);
        return this;
    }

    internal void Remove(string name) => _variables.RemoveAll(variable => variable.Key == name);

    /// <summary>Gives the variable the value in the place where it is; or adds it.</summary>
    internal void Set(string name, string value)
    {
        int index = _variables.FindIndex(variable => variable.Key == name);
        if (index < 0)
            Add(name, value);
        else
            _variables[index] = new KeyValuePair<string, string>(name, value);
    }

    /// <summary>The value of the last variable with the name; empty if there is none.</summary>
    internal string Get(string name) => _variables.LastOrDefault(variable => variable.Key == name).Value ?? "";

    /// <summary>The payload of an SCGI header.</summary>
    internal byte[] ToPayload() => Latin1.Bytes(string.Concat(_variables.Select(variable => $"{variable.Key}\0{variable.Value}\0")));

    /// <summary>A whole SCGI header.</summary>
    internal byte[] ToNetstring()
    {
        byte[] payload = ToPayload();
        return [.. Latin1.Bytes(payload.Length.ToString(CultureInfo.InvariantCulture)), (byte)':', .. payload, (byte)','];
    }

    /// <summary>A FastCGI PARAMS stream, with lengths of one byte where they fit. FastCGI 1.0 section 3.4.</summary>
    internal byte[] ToParameters()
    {
        var stream = new List<byte>();
        foreach ((string name, string value) in _variables)
        {
            AddLength(stream, name.Length);
            AddLength(stream, value.Length);
            stream.AddRange(Latin1.Bytes(name));
            stream.AddRange(Latin1.Bytes(value));
        }
        return [.. stream];
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _variables.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void AddLength(List<byte> stream, int length)
    {
        if (length < 0x80)
            stream.Add((byte)length);
        else
            stream.AddRange([(byte)(0x80 | length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
    }
}
