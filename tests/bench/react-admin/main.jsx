import { createRoot } from 'react-dom/client';
import { Admin, Datagrid, DateField, List, Resource, TextField } from 'react-admin';

const dataProvider = {
    async getList(resource, { pagination: { perPage } }) {
        const answer = await fetch(`/api/${resource}?limit=${perPage}`);
        const { organizations, total, next_cursor } = await answer.json();
        return { data: organizations, total, pageInfo: { hasNextPage: Boolean(next_cursor), hasPreviousPage: false } };
    },
};
const Organizations = () => (
    <List perPage={50} exporter={false}>
        <Datagrid bulkActionButtons={false}>
            <TextField source="name" />
            <TextField source="slug" />
            <TextField source="status" />
            <TextField source="email" />
            <DateField source="created_at" showTime />
        </Datagrid>
    </List>
);
createRoot(document.getElementById('root')).render(
    <Admin dataProvider={dataProvider} disableTelemetry>
        <Resource name="organizations" list={Organizations} />
    </Admin>,
);
