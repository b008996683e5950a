using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Gateway;

/// <summary>Where each event leads from each state, drawn as in the comment over the enum of the states: cells have two spaces or more between them, and an event that cannot come has a dash.</summary>
internal sealed partial class StateTable<TState>
    where TState : struct, Enum
{
    private readonly string[][] _rows;

    internal StateTable(string drawing) => _rows = [.. drawing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Gaps().Split(line.Trim()))];

    internal string[] Events => _rows[0];

    /// <summary>Each state with each event that can come.</summary>
    internal TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (string state in Enum.GetNames<TState>())
            {
                foreach (string @event in Events.Where(@event => Cell(state, @event) != "-"))
                    cells.Add(state, @event);
            }
            return cells;
        }
    }

    /// <summary>Where an event leads.</summary>
    internal TState this[TState state, string @event] => Enum.Parse<TState>(Cell(state.ToString(), @event));

    /// <summary>The comment in the source shows this table, with a row for every state.</summary>
    internal void IsShownIn(string source)
    {
        string comment = Code().Match(File.ReadAllText(Repository.PathTo(source))).Groups[1].Value.Replace("///", "", StringComparison.Ordinal);
        Assert.Equal(_rows, new StateTable<TState>(comment)._rows);
        Assert.Equal(Enum.GetNames<TState>(), _rows[1..].Select(row => row[0]));
        Assert.All(_rows[1..], row => Assert.Equal(Events.Length + 1, row.Length));
    }

    private string Cell(string state, string @event) => _rows.Single(row => row[0] == state)[1 + Array.IndexOf(Events, @event)];

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gaps();

    [GeneratedRegex("<code>\n(.*?)\n/// </code>", RegexOptions.Singleline)]
    private static partial Regex Code();
}
