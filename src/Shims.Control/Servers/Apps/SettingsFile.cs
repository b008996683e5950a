using System.Text.Json;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apps;

/// <summary>The settings of a JSON file as .NET names them: <c>Kestrel:Endpoints:Http:Url</c>, whatever the case of the letters.</summary>
internal sealed class SettingsFile
{
    private readonly IReadOnlyDictionary<string, Setting> _settings;

    private SettingsFile(IReadOnlyDictionary<string, Setting> settings) => _settings = settings;

    /// <summary>A setting; null if there is none.</summary>
    internal Setting? this[string name] => _settings.GetValueOrDefault(name);

    /// <summary>The settings of a section.</summary>
    internal IEnumerable<Setting> All(string section) =>
        _settings.Values.Where(setting => setting.Name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase));

    /// <summary>The same with those of another file, which win.</summary>
    internal SettingsFile With(SettingsFile other)
    {
        var all = new Dictionary<string, Setting>(_settings, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, Setting setting) in other._settings)
            all[name] = setting;
        return new SettingsFile(all);
    }

    /// <summary>Reads a file. One that is missing, or is not JSON, has no settings: the app itself says why.</summary>
    internal static SettingsFile Read(string path)
    {
        var settings = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        try
        {
            ReadOnlySpan<byte> text = File.ReadAllBytes(path);
            if (text.StartsWith("\uFEFF"u8))
                text = text[3..];
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (reader.Read())
                Take(ref reader, "", new Source(path, text), settings);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or JsonException)
        {
            settings.Clear();
        }
        return new SettingsFile(settings);
    }

    private static void Take(ref Utf8JsonReader reader, string name, Source source, Dictionary<string, Setting> settings)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            for (bool isEmpty = true; reader.Read(); isEmpty = false)
            {
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    if (isEmpty && name.Length > 0)
                        settings[name] = new Setting(name, "", source.PlaceOf(reader.TokenStartIndex));
                    return;
                }
                string member = Join(name, reader.GetString()!);
                reader.Read();
                Take(ref reader, member, source, settings);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                Take(ref reader, Join(name, $"{index}"), source, settings);
        }
        else
        {
            string value = reader.TokenType == JsonTokenType.String ? reader.GetString()! : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
            settings[name] = new Setting(name, value, source.PlaceOf(reader.TokenStartIndex));
        }
    }

    private static string Join(string section, string name) => section.Length == 0 ? name : $"{section}:{name}";

    /// <summary>A text, and where it is.</summary>
    private readonly ref struct Source(string path, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;

        internal SourceLocation PlaceOf(long index) => new(path, 1 + _text[..(int)index].Count((byte)'\n'));
    }
}

/// <summary>One setting.</summary>
/// <param name="Name">With the sections that it is in, for instance <c>Shim:Keys</c>.</param>
/// <param name="Value">As text.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record Setting(string Name, string Value, SourceLocation Place);
